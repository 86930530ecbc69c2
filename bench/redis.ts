/** A Redis of the bench's own, as docs/scale.md starts one: on the core that the load has too, asked what it spends. */
import { execFileSync } from 'node:child_process'
import { OwnRedis } from '../test/support/redis.js'
import { pinned } from './process.js'

export interface MeasuredRedis {
  readonly url: string
  /** Processor time that it has taken, in milliseconds. */
  cpu(): number
  /** What it keeps, in bytes. */
  memory(): number
  /** Lets it run on every core, or on the load's alone. */
  roam(everywhere: boolean): void
  stop(): Promise<void>
}

export async function startRedis(): Promise<MeasuredRedis> {
  const redis = await OwnRedis.start()
  const info = (section: string) => execFileSync('redis-cli', ['-p', String(redis.port), 'INFO', section], { encoding: 'utf8' })
  const figure = (section: string, name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info(section))?.[1])
  const roam = (everywhere: boolean) => {
    if (pinned) execFileSync('taskset', ['-a', '-c', '-p', everywhere ? '0,1' : '1', String(figure('server', 'process_id'))])
  }
  roam(false)
  return {
    url: redis.url,
    cpu: () => (figure('cpu', 'used_cpu_user') + figure('cpu', 'used_cpu_sys')) * 1000,
    memory: () => figure('memory', 'used_memory'),
    roam,
    stop: () => redis.close(),
  }
}
