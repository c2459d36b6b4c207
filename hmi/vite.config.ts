import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Relative base, so that the gateway may serve the page below any path. No source maps in what is served.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 800 },
})
