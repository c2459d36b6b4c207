import { Component, type ReactNode } from 'react'
import { texts } from '../model/texts.ts'

/**
 * A fault of this page's own code must not leave an empty screen or, worse, an old one: it says that it has failed.
 * A class, because React offers no other way to catch what a component throws.
 */
export class FaultBoundary extends Component<{ children: ReactNode }, { fault: string }> {
  override state = { fault: '' }

  static getDerivedStateFromError(cause: unknown): { fault: string } {
    return { fault: String(cause) }
  }

  override render(): ReactNode {
    if (this.state.fault === '') return this.props.children
    return (
      <main className="waiting" role="alert" data-testid="page-fault">
        <h2>{texts.pageFault}</h2>
        <p>{texts.pageFaultHint}</p>
        <p>{this.state.fault}</p>
      </main>
    )
  }
}
