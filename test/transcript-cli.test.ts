/** The command line: nothing of what commands print, ask for and refuse changes unnoticed. The commands run in this process, as starting one takes long. */
import { Command, CommanderError } from 'commander'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addCompletion } from '../src/cli/completion.js'
import { addConfig } from '../src/cli/config.js'
import { addCtl } from '../src/cli/ctl.js'
import { addData } from '../src/cli/data.js'
import { addDiff } from '../src/cli/diff.js'
import { addDoctor } from '../src/cli/doctor.js'
import { addDrift } from '../src/cli/drift.js'
import { addExec } from '../src/cli/exec.js'
import { addList } from '../src/cli/list.js'
import { fail } from '../src/cli/output.js'
import { addStart } from '../src/cli/start.js'
import { addTour } from '../src/cli/tour.js'
import { printUsageError } from '../src/cli/usage.js'
import { createStub } from '../src/stub.js'
import { hashOf, inShort, Transcript } from './support/transcript.js'
import { Caller } from './support/transcript-http.js'
import { readLine } from './support/transcript-lines.js'

const START = Date.UTC(2026, 0, 5, 4)
const problems: string[] = []
const stub = await createStub({ systems: ['edu', 'live', 'trid'], time: { now: () => START }, report: (problem) => problems.push(problem) })
afterAll(async () => {
  await stub.close()
  expect(problems).toEqual([])
})
beforeEach(() => {
  for (const [name, value] of Object.entries({ NO_COLOR: '1', UNDERSTUDY_URL: stub.url, UNDERSTUDY_SANDBOX: 'S', UNDERSTUDY_ADMIN_TOKEN: undefined })) vi.stubEnv(name, value)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

function program(): Command {
  const understudy = new Command('understudy').showHelpAfterError('(add --help for more)').configureOutput({ outputError: printUsageError }).exitOverride()
  for (const add of [addStart, addList, addConfig, addExec, addCtl, addData, addDiff, addDrift, addTour, addDoctor, addCompletion]) add(understudy)
  return understudy
}

/** @returns what a line prints, and what the process would end with */
async function run(args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly aside: string }> {
  const [out, aside]: [string[], string[]] = [[], []]
  const spies = ([[process.stdout, out], [process.stderr, aside]] as const).map(([stream, written]) => vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0))
  const before = process.exitCode
  process.exitCode = 0
  try {
    await program().parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode
    else fail(error)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  const code = process.exitCode
  process.exitCode = before
  return { code, out: out.join(''), aside: aside.join('') }
}

/** @returns the names of all commands with those below them */
function commandsBelow(command: Command, path: readonly string[] = []): (readonly string[])[] {
  return [path, ...command.commands.flatMap((one) => commandsBelow(one, [...path, one.name()]))]
}

const PHONE = '13800003001'
const moves: readonly string[] = [
  'clock', 'clock freeze 2026-01-31T08:30:00Z', 'clock advance 2h', 'clock advance 1M', 'clock advance P1M', 'clock advance soon', 'clock advance -2h', 'clock advance 90y', 'clock set yesterday', 'clock set 2026-02-01T00:00:00+08:00', 'clock stop', 'clok', '', '--nope', 'clock --json',
  `sms ${PHONE}`, 'sms', 'sms --json', 'sms --source sequence --system live', 'sms --source sequnce', 'sms --operator down', 'sms --operator up --json', 'records', 'records live', 'records live users', 'records live users --limit 2', 'records live users --where id_gte=2', 'records live users --where id', 'records live users --search 小', 'records live user', 'records lvie', 'records live users --json', 'records live users --page 9', 'records live users 1',
  'users', 'users live', 'users live --json', 'users lvie', 'sessions', 'sessions live', `kick live ${PHONE}`, 'kick live nobody', 'kick', `expire live ${PHONE}`, 'expire edu 13800001001', `revoke live ${PHONE}`, `ban live ${PHONE}`, 'ban edu 13800001001 --realm s', 'unban edu 13800001001 --realm s', 'sessions --json', 'sessions live --state active', 'sessions live --state gone',
  'maintenance', 'maintenance live on', 'maintenance live on --status upgrading --http 503', 'maintenance live on --http 99', 'maintenance live on --status ä', 'maintenance lvie on', 'maintenance live of', 'maintenance live off', 'maintenance --json', 'outages', 'outages live database', 'outages live databse', 'outages live none', 'settings', 'settings edu', 'settings edu httpStatus=always200', 'settings edu httpStatus=alwys200', 'settings edu httpStatus', 'settings edu nope=1',
  'faults', 'faults add live liveLogin --error API_INVALID_AUTH_CODE --times 1', 'faults add live liveLogin --error NOPE', 'faults add live liveLogn --drop', 'faults add live --latency 800-2500', 'faults add --latency soon', 'faults add live liveLogin --status 42', 'faults add live liveLogin --drop --times 0', 'faults add live liveLogin --drop --malformed', 'faults add live liveLogin', 'faults', 'faults --json', 'faults remove fault-1', 'faults remove nope', 'faults clear', 'network', 'network 3g', 'network 3h', 'network off', 'networks',
  'requests', 'requests --json', 'requests --limit 0', 'requests --system lvie', 'requests --error API_INVALID_AUTHCODE', 'requests --status 200', 'requests --limit 1', 'requests 1', 'requests 99', 'history', 'history --json', 'rewind 1', 'rewind 99999', 'rewind x', 'rewind', 'snapshot', 'scenario', 'scenario nope', 'backends', 'backends set live nope', 'drift', 'reset', 'reset now', 'delete', 'delete', 'sandboxes', '--sandbox a/b sms', '--url nope clock', '--url http://127.0.0.1:1 clock', '--token "" clock',
]

test('what commands say of themselves is as it was', async () => {
  const transcript = new Transcript('cli-help')
  for (const path of commandsBelow(program())) {
    const { code, out, aside } = await run([...path, '--help'])
    transcript.add(`${path.join(' ')} --help`, `(${String(code)}, ${hashOf(out)})`, ...out.trimEnd().split('\n'), ...(aside === '' ? [] : [aside]))
  }
  await transcript.hold()
})

/** So many lines of what a command prints stand in a transcript, and a hash of all where there are more. */
const MOST_LINES = 40

function linesOf(text: string, sign: string): string[] {
  const lines = text.trimEnd().split('\n')
  const told = lines.slice(0, MOST_LINES).map((line) => `${sign} ${inShort(line)}`)
  return text === '' ? [] : lines.length > MOST_LINES ? [...told, `${sign} … (${String(lines.length)} lines, ${hashOf(text)})`] : told
}

test('what moves print is as it was', async () => {
  const transcript = new Transcript('cli-moves')
  transcript.replace(/"duration": ?[\d.e-]+/g, '"duration":0')
  transcript.replace(/\b\d+(?:\.\d+)? ms\b/g, '0 ms')
  const box = await stub.sandbox('S')
  await box.clock.freeze(new Date(START))
  const caller = new Caller(transcript, stub.url)
  for (const line of moves) {
    if (/^(?:sms|sessions|requests|kick|expire|revoke)\b/.test(line)) {
      await caller.send(readLine(`GET /@S/live/auth/code?mobile=${PHONE}`))
      await caller.send(readLine(`POST /@S/live/auth/login {"mobile":"${PHONE}","auth_code":"123456"}`))
    }
    const { code, out, aside } = await run(['ctl', ...line.split(' ').filter((word) => word !== '')])
    transcript.add(`ctl ${line}`.trimEnd(), `(${String(code)})`, ...linesOf(transcript.plain(out), '|'), ...linesOf(transcript.plain(aside), '!'))
  }
  caller.close()
  await transcript.hold()
})
