import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/cli.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: process.env['UNDERSTUDY_BUILD'] !== 'js',
  // Files stay apart and lie in one folder, as `src/paths.ts` expects.
  outDir: 'dist',
  clean: true,
  fixedExtension: false,
})
