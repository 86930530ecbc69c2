/** A Redis Cluster of a test's own: three nodes on free ports, each with a folder of its own. */
import { freePort, OwnRedis } from './redis.js'

/** Slots of the nodes, which have no replicas. */
const RANGES = [['0', '5460'], ['5461', '10922'], ['10923', '16383']] as const

export class OwnCluster {
  readonly nodes: readonly OwnRedis[]
  readonly #replicas: OwnRedis[] = []

  private constructor(nodes: readonly OwnRedis[]) {
    this.nodes = nodes
  }

  /** @returns one that answers */
  static async start(): Promise<OwnCluster> {
    const buses = await Promise.all(RANGES.map(() => freePort()))
    const nodes = await Promise.all(buses.map((bus) => OwnRedis.start(flagsOf(bus))))
    for (const [i, node] of nodes.entries()) {
      node.say('CLUSTER', 'ADDSLOTSRANGE', ...(RANGES[i] ?? []))
      for (const [j, other] of nodes.entries()) if (i !== j) node.say('CLUSTER', 'MEET', '127.0.0.1', String(other.port), String(buses[j]))
    }
    const cluster = new OwnCluster(nodes)
    await cluster.ready()
    return cluster
  }

  get url(): string {
    return `redis://${this.nodes.map(({ port }) => `127.0.0.1:${String(port)}`).join(',')}`
  }

  /** Waits until all nodes agree that all is well. */
  async ready(): Promise<void> {
    const isWell = (node: OwnRedis) => /cluster_state:ok/.test(node.say('CLUSTER', 'INFO')) && node.say('CLUSTER', 'SLOTS').split('\n').filter((line) => line === '127.0.0.1').length === RANGES.length
    while (!this.nodes.every(isWell)) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** @returns the node that has the key */
  nodeOf(key: string): OwnRedis {
    // The others send whoever asks to it, or say that they do not know all nodes again.
    const node = this.nodes.find((one) => /^\d+$/.test(one.say('EXISTS', key).trim()))
    if (node === undefined) throw new Error(`no node has ${key}`)
    return node
  }

  /** Hands over what lies with the key to another node, as an administrator does, key by key. */
  async move(key: string): Promise<void> {
    const slot = this.nodes[0]?.say('CLUSTER', 'KEYSLOT', key).trim() ?? ''
    const from = this.nodeOf(key)
    const to = this.nodes.find((node) => node !== from) ?? from
    const [source, target] = [from, to].map((node) => node.say('CLUSTER', 'MYID').trim())
    to.say('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source ?? '')
    from.say('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target ?? '')
    for (const one of from.say('CLUSTER', 'GETKEYSINSLOT', slot, '100').split('\n').filter((line) => line !== '')) {
      from.say('MIGRATE', '127.0.0.1', String(to.port), one, '0', '5000')
      // Calls come upon a sandbox that lies on two nodes.
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    for (const node of [to, from, ...this.nodes]) node.say('CLUSTER', 'SETSLOT', slot, 'NODE', target ?? '')
  }

  /** @returns a node that has all that this one has, and takes its place when it has been gone for longer than stubs have patience */
  async follow(node: OwnRedis): Promise<OwnRedis> {
    const replica = await OwnRedis.start(flagsOf(await freePort()))
    this.#replicas.push(replica)
    const line = node.say('CLUSTER', 'NODES').split('\n').find((one) => one.includes('myself')) ?? ''
    const bus = /@(\d+)/.exec(line)?.[1] ?? ''
    replica.say('CLUSTER', 'MEET', '127.0.0.1', String(node.port), bus)
    const id = node.say('CLUSTER', 'MYID').trim()
    while (replica.say('CLUSTER', 'REPLICATE', id).trim() !== 'OK') await new Promise((resolve) => setTimeout(resolve, 20))
    const isWhole = () => {
      const [said, has] = [node.say('INFO', 'replication'), replica.say('INFO', 'replication')]
      return has.includes('master_link_status:up') && /master_repl_offset:(\d+)/.exec(said)?.[1] === /slave_repl_offset:(\d+)/.exec(has)?.[1]
    }
    while (!isWhole()) await new Promise((resolve) => setTimeout(resolve, 20))
    // The others have to know that it is there, for they choose who takes a place.
    const isKnown = (one: OwnRedis) => one.say('CLUSTER', 'NODES').split('\n').some((each) => each.includes(`:${String(replica.port)}@`) && each.includes(`slave ${id}`))
    while (!this.nodes.every(isKnown)) await new Promise((resolve) => setTimeout(resolve, 20))
    for (const one of [replica, ...this.nodes]) one.say('CONFIG', 'SET', 'cluster-node-timeout', '6000')
    return replica
  }

  async close(): Promise<void> {
    await Promise.all([...this.nodes, ...this.#replicas].map((node) => node.close()))
  }
}

function flagsOf(bus: number): readonly string[] {
  return ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000', '--repl-diskless-sync-delay', '0']
}
