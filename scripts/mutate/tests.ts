/**
 * Which tests a planted bug is held against: those that know the place best, for each takes part in the first run and in the run of every bug that it touches.
 * Only tests of one process are named: nothing is planted in another one.
 */
const CONTROL = ['control-expiring', 'control-faults', 'control-journal', 'control-people', 'control-records', 'control-refusals', 'control-safety', 'control-server', 'control-sockets', 'control-state', 'glob', 'journal-reading', 'reset-barrier']

const TESTS: Readonly<Record<string, readonly string[]>> = {
  'src/control': [...CONTROL, 'history', 'tokens', 'networks', 'real-backend-credentials', 'real-backend-drift', 'real-backend-record', 'server-status', 'misspelt', 'transcript-*'],
  'src/core': ['core/*', ...CONTROL, 'edu-dialect', 'edu-file', 'edu-session', 'live', 'trid', 'job', 'im', 'im-sockets', 'errors', 'server', 'history', 'fault-kinds', 'judge-reply', 'host-headers', 'pipelining', 'reset-barrier', 'tokens', 'engine-file', 'engine-memory', 'engine-redis', 'fixtures', 'memory', 'real-backend*', 'journal-reading', 'large-bodies', 'phases', 'redis-bounds', 'room', 'misspelt', 'unified', 'streamed', 'renewal', 'im-crowd', 'banned-sockets', 'transcript-*'],
  'src/systems': ['conformance', 'edu*', 'job', 'job-codes', 'job-money', 'job-stories', 'im', 'im-codes', 'im-push', 'im-sockets', 'live', 'trid', 'phases', 'tokens', 'banned-sockets', 'real-backend*', 'server', 'transcript-*'],
  'src/contract': ['contract/*', 'im-browser', 'im-codes', 'client*', 'testing'],
}

/** @returns the patterns of the tests for these files and folders; all tests of one process where nothing is said about one of them */
export function testsFor(paths: readonly string[]): string[] {
  const folders = paths.map((path) => Object.keys(TESTS).find((folder) => path === folder || path.startsWith(`${folder}/`)))
  const names = folders.map((folder) => (folder === undefined ? ['**/*'] : (TESTS[folder] ?? [])))
  return [...new Set(names.flat())].map((name) => `test/${name}.test.ts`)
}
