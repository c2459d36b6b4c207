import '@fontsource-variable/inter/wght.css'
import 'uplot/dist/uPlot.min.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/overview.css'
import './styles/faceplate.css'
import './styles/table.css'
import './styles/system.css'
import './styles/sis.css'
import './alarm/alarm.css'
import { createRoot } from 'react-dom/client'
import { createStation } from './link/station.ts'
import { StationContext } from './link/use-station.ts'
import { startAddress } from './shell/address.ts'
import { App } from './shell/app.tsx'
import { FaultBoundary } from './shell/fault-boundary.tsx'

// One station per browser window: its name stands in the journal beside every command.
const name =
  new URLSearchParams(location.search)
    .get('station')
    ?.replace(/[^\w.:-]/g, '')
    .slice(0, 24) || 'station-1'
const station = createStation(name, `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`)
startAddress()
createRoot(document.getElementById('root')!).render(
  <StationContext value={station}>
    <FaultBoundary>
      <App />
    </FaultBoundary>
  </StationContext>,
)
station.start()
