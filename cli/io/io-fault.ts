/** What a command of `flyball io` cannot do: place, cause, remedy. `exit` is 1 for the field, 2 for what was asked. */
export class IoCommandFault extends Error {
  override readonly name = 'IoCommandFault'
  readonly exit: 1 | 2

  constructor(place: string, cause: string, remedy: string, exit: 1 | 2 = 2) {
    super(`${place}: ${cause}. ${remedy}`)
    this.exit = exit
  }
}
