/**
 * How far a run is: a bar that is drawn over on a terminal, a plain line every tenth in a log.
 */
export interface Progress {
  /** @param done - 0 to 1 */
  report(done: number, text: string): void
  end(): void
}

export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (stream.isTTY) {
    let shown_ms = 0
    return {
      report(done, text) {
        if (performance.now() - shown_ms < 100 && done < 1) return
        shown_ms = performance.now()
        const filled = Math.round(done * 30)
        stream.write(`\r[${'='.repeat(filled)}${' '.repeat(30 - filled)}] ${Math.floor(done * 100)} %  ${text}\x1b[K`)
      },
      end: () => void stream.write('\r\x1b[K'),
    }
  }
  let tenths = 0
  return {
    report(done, text) {
      if (Math.floor(done * 10) <= tenths) return
      tenths = Math.floor(done * 10)
      stream.write(`${tenths * 10} %  ${text}\n`)
    },
    end: () => {},
  }
}
