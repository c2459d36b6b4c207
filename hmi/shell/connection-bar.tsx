import { useStationState } from '../link/use-station.ts'
import { formatClock } from '../model/format.ts'
import { texts } from '../model/texts.ts'

/** Full width, grey, in words: the two ways in which the screen may not be the plant. */
export function ConnectionBar() {
  const text = useStationState((s) => {
    if (s.protocolFault !== '') return texts.bars.protocol
    if (s.health === 'frozen') return texts.bars.noConnection(formatClock(s.frozenAt_ms))
    if (s.health !== 'connecting' && s.dataStopped && s.system?.pace?.paused === true)
      return texts.bars.paused(formatClock(s.frozenAt_ms))
    if (s.health !== 'connecting' && s.dataStopped) return texts.bars.noData(formatClock(s.frozenAt_ms))
    return ''
  })
  const kind = useStationState((s) => (s.health === 'frozen' ? 'connection' : 'data'))
  return (
    <div role="status" className="connection-slot">
      {text !== '' && (
        <div className="connection-bar" data-testid={kind === 'connection' ? 'banner-connection' : 'banner-data'}>
          {text}
        </div>
      )}
    </div>
  )
}
