/** The log of one sandbox in Redis, as this process follows it. */
import type { EntryHead, JournalEntry, JournalStatus } from '../../journal.js'
import type { SandboxContent } from '../../sandbox-state.js'
import { type Files, NO_FILES } from '../../files.js'
import { type Attempt, type Begun, type Follower, type House, type Loaded, type NewEntry, type Point, type SandboxLog, type Verdict } from '../engine.js'
import { headFrom } from './entries.js'
import { RedisFollowing } from './following.js'
import { type SandboxHead, headOf, type Since, sinceFrom } from './head.js'
import { RedisJournal } from './journal.js'
import { REMOVE } from './journal-scripts.js'
import { commitsFrom, contentFrom, controlOf, docsFrom, docsOf, fieldFor, filesFor, type CommitHeader, joinNames, loggedCommits, type SandboxKeys, type Sign, type Start, startOf, undo } from './layout.js'
import { RedisLine } from './line.js'
import { Away, persist, type RedisPort } from './port.js'
import { RedisReplica } from './replica.js'
import { noRoomForFiles } from '../room.js'
import { atOnce } from '../../slices.js'
import { listFrom, numberFrom, textFrom } from './reply.js'
import { BACK, COMMIT, CREATE, LOAD, LOOK, MORE, NEWS, REPLACE, RESOLVE, TELL } from './scripts.js'

/** So many commits a log keeps; as far back as that a sandbox can be stepped, if the bytes suffice. */
const MOST_COMMITS = 10_000

/** What a log needs of its engine. */
export interface LogOwner {
  readonly port: RedisPort
  readonly house: House
  /** Redis has said what time it is, in milliseconds since 1970. */
  heard(now: number): void
  /** The sandbox is being used. */
  used(log: RedisLog): void
  /**
   * Makes room for a sandbox that is about to come into being.
   * @returns whether it was made by its name
   * @throws NoRoom
   */
  admit(name: string): Promise<boolean>
  /** Replicas take up more than they may: those that nobody uses are let go, but for this one. */
  makeRoom(log: RedisLog): void
  /** @returns an id that no other attempt has */
  attemptId(): string
  /** Somebody begins to wait for what happens to the sandbox, or nobody does any more. */
  attend(log: RedisLog, isWanted: boolean): void
  /** The sandbox is gone: nothing is to be told any more. */
  gone(log: RedisLog): void
}

export class RedisLog implements SandboxLog {
  readonly name: string
  readonly keys: SandboxKeys
  readonly follower: Follower
  readonly journal: RedisJournal
  readonly #owner: LogOwner
  readonly #replica: RedisReplica
  readonly #line = new RedisLine()
  readonly #following: RedisFollowing
  /** Answers what came since, and how much there is; null when nobody asks. */
  #asking: Promise<number> | null = null
  #isNamed = false

  constructor(name: string, keys: SandboxKeys, follower: Follower, owner: LogOwner) {
    this.name = name
    this.keys = keys
    this.follower = follower
    this.#owner = owner
    this.#replica = new RedisReplica(owner.house, () => {
      owner.makeRoom(this)
    })
    this.journal = new RedisJournal(keys, owner)
    this.#following = new RedisFollowing({
      follower,
      replica: this.#replica,
      line: this.#line,
      gone: () => {
        this.end()
      },
    })
  }

  /** Whether it may make room for others: nobody has changed it or made it by its name, as far as is known here. */
  get isSpare(): boolean {
    return this.#following.isAsBorn && !this.#isNamed
  }

  begin(): Promise<Begun> {
    return this.#look('1')
  }

  look(): Promise<Begun> {
    return this.#look('0')
  }

  async commit(attempt: Attempt): Promise<Verdict> {
    this.#replica.fit(attempt)
    const turn = this.#line.enter(attempt, this.#following.version)
    const base = typeof turn === 'number' ? turn : await turn
    if (base === null) return 'conflict'
    try {
      return await this.#commit(attempt, base)
    } finally {
      this.#line.leave(this.#following.version)
    }
  }

  async load(): Promise<Loaded> {
    return this.#load(false)
  }

  async past(): Promise<Loaded> {
    return this.#load(true)
  }

  async replace(content: SandboxContent, kept?: Point, bytes: Files = NO_FILES): Promise<number> {
    const { meta, docs, log, journal, files } = this.keys
    this.#replica.fitAll(content)
    await this.journal.flush() // what was answered in the generation that ends here has its numbers
    const places = kept === undefined ? null : await this.#placesAt(kept.version)
    const sign: Sign = { sign: 'turned', kept: kept?.entry ?? 0 }
    const args = [JSON.stringify(sign), startOf(content), String(content.control.era), String(content.control.requests), kept === undefined ? '' : String(kept.version), kept === undefined ? '' : String(kept.entry), ...filesFor(bytes, this.#owner.house)]
    for (const [field, json] of docsOf(content, this.#owner.house.keyOf)) args.push(field, json, String(places?.get(field)?.place ?? ''))
    for (;;) {
      const reply = await persist(() => this.#owner.port.run(REPLACE, [meta, docs, log, journal, files], args))
      if (listFrom(reply)[0] === 'full') throw noRoomForFiles(this.#owner.house.budget)
      const head = this.#headFrom(reply)
      if (head === null) await this.#create()
      else {
        await this.#heed(head)
        return head.generation
      }
    }
  }

  async file(hash: string): Promise<Uint8Array | undefined> {
    const text = await persist(() => this.#owner.port.send(this.keys.files, ['HGET', this.keys.files, hash]))
    return text === null ? undefined : Buffer.from(textFrom(text), 'base64')
  }

  get isCalledElsewhere(): boolean {
    return !this.journal.isAlone
  }

  append(entry: NewEntry, generation: number): Promise<void> {
    return this.journal.add(entry, generation, this.follower.listens)
  }

  heads(): Promise<readonly EntryHead[]> {
    return this.journal.heads()
  }

  entries(ids?: readonly number[]): Promise<readonly JournalEntry[]> {
    return this.journal.entries(ids)
  }

  status(): Promise<JournalStatus> {
    return this.journal.status()
  }

  async remove(fits: (entry: EntryHead) => boolean): Promise<number> {
    const { meta, log, journal } = this.keys
    const places = (await this.journal.items()).filter((item) => fits(headFrom(item))).map(({ place }) => place.join('-'))
    const sign: Sign = { sign: 'cleared' }
    const removed = numberFrom(await persist(() => this.#owner.port.run(REMOVE, [meta, log, journal], [JSON.stringify(sign), ...places])))
    await this.look()
    return removed
  }

  attend(isWanted: boolean): void {
    this.#owner.attend(this, isWanted)
  }

  async announce(text: string): Promise<void> {
    const sign: Sign = { sign: 'told', text }
    const { meta, log } = this.keys
    const head = this.#headFrom(await persist(() => this.#owner.port.run(TELL, [meta, log], [...this.#following.known, JSON.stringify(sign)])))
    if (head !== null) await this.#heed(head)
  }

  close(): void {
    void this.journal.flush()
    this.#replica.end()
    this.#owner.gone(this)
  }

  /** The sandbox is gone, or not followed here any more. Calls under way begin anew in the one that has its name by then. */
  end(): void {
    void this.journal.flush()
    this.#owner.gone(this)
    this.#following.lose()
    this.follower.ended()
  }

  /** @returns the streams on which the follower waits, and the place of each up to which it has heard it; null while that is not known */
  awaited(): readonly (readonly [stream: string, place: string])[] | null {
    const places = this.#following.places()
    if (places === null) return null
    const log = [this.keys.log, places.log] as const
    return places.journal === null ? [log] : [log, [this.keys.journal, places.journal]]
  }

  /** Finds the places from which on the follower has to be told, be it of commits or of the journal. */
  async catchUp(): Promise<void> {
    await this.journal.flush()
    for (;;) {
      const head = this.#headFrom(await this.#lookOnce('0'))
      if (head !== null) {
        await this.#heed(head)
        this.#following.hearFrom(head)
        return
      }
      if (this.#following.generation !== 0) {
        this.end()
        return
      }
      await this.#create()
    }
  }

  /** @param base the version from which on it is held against others */
  async #commit(attempt: Attempt, base: number): Promise<Verdict> {
    const { docs, log, meta, files } = this.keys
    const { generation, reads, changes, request, scope } = attempt
    const id = this.#owner.attemptId()
    const names = joinNames(new Set(reads))
    const touched = scope.touched(changes)
    const header: CommitHeader = { request, changes: changes.map(({ collection, key, before }) => [collection, key, before]) }
    const args = [String(generation), String(base), id, scope.system, names, joinNames(touched), JSON.stringify(header), String(MOST_COMMITS), String(this.#owner.house.budget.limitOfOne('history')), ...filesFor(attempt.files, this.#owner.house)]
    for (const { collection, key, after } of changes) {
      const forgets = after === null && !scope.isOfWorld(collection, key)
      args.push(fieldFor(scope.system, collection, key), forgets ? '' : JSON.stringify(after))
    }
    this.#owner.used(this)
    const [verdict, version, since] = await this.#owner.port.run(COMMIT, [meta, docs, log, files], args).then(listFrom, (error: unknown) => this.#resolve(error, attempt, base, id, names))
    if (verdict === 'over') return 'over'
    if (verdict === 'full') throw noRoomForFiles(this.#owner.house.budget)
    if (verdict === 'unknown') throw new Error(`what became of a commit to ${this.name} cannot be told any more`)
    const newest = numberFrom(version)
    const isNewest = verdict === 'committed'
    const missing = this.#take(generation, sinceFrom(since), isNewest ? newest - 1 : newest)
    if (missing !== null) await missing
    if (isNewest) this.#following.tell(generation, [{ version: newest, system: scope.system, changes, request, touched: () => touched }])
    return verdict === 'conflict' ? 'conflict' : 'committed'
  }

  /** Tells of what came up to this version. @returns null where all of that is known by now */
  #take(generation: number, since: Since, version: number): Promise<void> | null {
    if (since === BACK) this.#following.goBack(version)
    else if (since === null) this.#following.miss(generation, version)
    else if (since !== MORE) this.#following.tell(generation, since)
    // What this process has committed itself is known already.
    else if (this.#following.lacks(generation, version)) return this.#askUpTo(generation, version)
    return null
  }

  /** Takes in what Redis says of the sandbox, and asks for what did not come along. */
  async #heed(head: SandboxHead): Promise<void> {
    this.#following.heed(head)
    if (head.since === MORE) await this.#askUpTo(head.generation, head.version)
  }

  /** Asks for what came since, part by part; once for all who want to know. */
  async #askUpTo(generation: number, version: number): Promise<void> {
    while (this.#following.lacks(generation, version)) {
      const isOwn = this.#asking === null
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = null
      })
      // It is gone, or Redis has come back with less.
      if ((await this.#asking) < version && isOwn) return
    }
  }

  /** @returns the newest version that there is; 0 where there is no such sandbox any more */
  async #ask(): Promise<number> {
    const { meta, log } = this.keys
    const head = this.#headFrom(await persist(() => this.#owner.port.run(NEWS, [meta, log], this.#following.known)))
    if (head === null) this.end()
    else this.#following.heed(head)
    return head?.version ?? 0
  }

  /** Takes in what came by the streams; see {@link RedisFollowing.hear}. */
  hear(...news: Parameters<RedisFollowing['hear']>): void {
    this.#following.hear(...news)
  }

  async #look(counts: '0' | '1'): Promise<Begun> {
    for (;;) {
      const head = this.#headFrom(await this.#lookOnce(counts))
      if (head === null) await this.#create()
      else {
        this.#isNamed = head.isNamed
        this.journal.begun(head.requests, Number(counts))
        await this.#heed(head)
        this.#owner.used(this)
        return { generation: head.generation, requests: head.requests }
      }
    }
  }

  #lookOnce(counts: '0' | '1'): Promise<unknown> {
    const { meta, log, journal } = this.keys
    const ask = (lines: readonly string[]) => this.#owner.port.run(LOOK, [meta, log, journal], [...this.#following.known, counts, ...lines])
    // What is only looked at is to be seen also where Redis has no room for more.
    return persist(() => (counts === '1' ? this.journal.ride(ask) : ask([])))
  }

  async #create(): Promise<void> {
    const [{ meta, docs, log, journal, files }, content] = [this.keys, this.follower.initial()]
    const isNamed = await this.#owner.admit(this.name)
    const records = docsOf(content, this.#owner.house.keyOf).flatMap(([field, json]) => [field, json, ''])
    await persist(() => this.#owner.port.run(CREATE, [meta, docs, log, journal, files], [startOf(content), String(content.control.era), String(content.control.requests), isNamed ? '1' : '0', ...records]))
  }

  async #load(looksBack: boolean): Promise<Loaded> {
    const { meta, docs, log } = this.keys
    if (!looksBack) this.#replica.expect()
    for (;;) {
      const reply = await persist(() => this.#owner.port.run(LOAD, [meta, docs, log], [...this.#following.known, looksBack ? '1' : '0']))
      const head = this.#headFrom(reply)
      if (head === null) {
        await this.#create()
        continue
      }
      await this.#heed(head)
      // Where it was of another generation, that one has come to its end by now.
      if (!looksBack) this.#replica.expect()
      const [start, era, whole] = listFrom(listFrom(reply)[9])
      const { pace } = this.#owner.house
      const records = await pace.inSlices(docsFrom(listFrom(reply)[10]))
      const { generation, requests, version } = head
      const begun = JSON.parse(textFrom(start)) as Start // written by `startOf`
      const isWhole = whole === '1'
      if (!looksBack) {
        const content = atOnce(contentFrom(controlOf(records), begun, numberFrom(era)))
        const loaded = { generation, requests, version, content, commits: await pace.inSlices(commitsFrom(records, version)), isWhole }
        await pace.inSlices(this.#replica.begin(loaded))
        return loaded
      }
      const commits = loggedCommits(listFrom(reply)[11])
      await pace.inSlices(undo(records, commits))
      return { generation, requests, version, content: await pace.inSlices(contentFrom(records, begun, numberFrom(era))), commits, isWhole }
    }
  }

  /** @returns records as they stood then, with their places */
  async #placesAt(version: number) {
    const { meta, docs, log } = this.keys
    const reply = listFrom(await persist(() => this.#owner.port.run(LOAD, [meta, docs, log], ['', '', '1'])))
    if (reply.length < 12) return null
    const { pace } = this.#owner.house
    const records = await pace.inSlices(docsFrom(reply[10]))
    await pace.inSlices(undo(records, loggedCommits(reply[11]).filter((commit) => commit.version > version)))
    return records
  }

  /** The connection broke: asks what became of the commit, and makes sure that it stays so. */
  async #resolve(error: unknown, { generation, scope }: Attempt, base: number, id: string, names: string): Promise<readonly unknown[]> {
    if (!(error instanceof Away)) throw error
    const sign: Sign = { sign: 'barred' }
    const args = [String(generation), String(base), id, scope.system, names, JSON.stringify(sign)]
    return listFrom(await persist(() => this.#owner.port.run(RESOLVE, [this.keys.meta, this.keys.log], args)))
  }

  #headFrom(reply: unknown): SandboxHead | null {
    const { now, head } = headOf(reply)
    this.#owner.heard(now)
    return head
  }
}
