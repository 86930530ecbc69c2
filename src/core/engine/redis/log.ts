/** The log of one sandbox in Redis, as this process follows it. */
import type { EntryHead, JournalEntry, JournalStatus } from '../../journal.js'
import type { SandboxContent } from '../../sandbox-state.js'
import { type Files, NO_FILES } from '../../files.js'
import { type Attempt, type Begun, type Commit, type Follower, type House, type Loaded, type NewEntry, type Point, type SandboxLog, type Verdict } from '../engine.js'
import { headFrom, newsFrom } from './entries.js'
import { type Head, headOf, sinceFrom } from './head.js'
import { RedisJournal } from './journal.js'
import { REMOVE } from './journal-scripts.js'
import { commitsFrom, contentFrom, docsFrom, docsOf, fieldFor, filesFor, type Header, joinNames, type LoggedCommit, loggedCommits, type SandboxKeys, type Sign, type Start, startOf, undo } from './layout.js'
import { Away, persist, type RedisPort } from './port.js'
import { Replica } from './replica.js'
import { noRoomForFiles } from '../room.js'
import { fieldOf, fieldsFrom, type Item, listFrom, numberFrom, textFrom } from './reply.js'
import { BACK, COMMIT, CREATE, LOAD, LOOK, REPLACE, RESOLVE, TELL } from './scripts.js'

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
  readonly #replica: Replica
  /** What the follower knows of; 0 while that is nothing. */
  #generation = 0
  #born = 0
  #version = 0
  #isNamed = false
  /** The place in the journal up to which the follower has heard it; null while it does not listen. */
  #heard: readonly [number, number] | null = null

  constructor(name: string, keys: SandboxKeys, follower: Follower, owner: LogOwner) {
    this.name = name
    this.keys = keys
    this.follower = follower
    this.#owner = owner
    this.#replica = new Replica(owner.house, () => {
      owner.makeRoom(this)
    })
    this.journal = new RedisJournal(keys, owner)
  }

  /** Whether it may make room for others: nobody has changed it or made it by its name, as far as is known here. */
  get isSpare(): boolean {
    return this.#version === this.#born && !this.#isNamed
  }

  begin(): Promise<Begun> {
    return this.#look('1')
  }

  look(): Promise<Begun> {
    return this.#look('0')
  }

  async commit(attempt: Attempt): Promise<Verdict> {
    const { docs, log, meta, files } = this.keys
    const { generation, base, reads, changes, request, scope } = attempt
    this.#replica.fit(attempt)
    const id = this.#owner.attemptId()
    const names = joinNames(new Set(reads))
    const touched = scope.touched(changes)
    const header: Header = { request, changes: changes.map(({ collection, key, before }) => [collection, key, before]) }
    const args = [String(generation), String(base), id, scope.system, names, joinNames(touched), JSON.stringify(header), String(MOST_COMMITS), String(this.#owner.house.budget.limitOfOne('history')), ...filesFor(attempt.files, this.#owner.house)]
    for (const { collection, key, after } of changes) {
      const forgets = after === null && !scope.isOfWorld(collection, key)
      args.push(fieldFor(scope.system, collection, key), forgets ? '' : JSON.stringify(after))
    }
    this.#owner.used(this)
    const [verdict, version, since] = await this.#owner.port.run(COMMIT, [meta, docs, log, files], args).then(listFrom, (error: unknown) => this.#resolve(error, attempt, id, names))
    if (verdict === 'over') return 'over'
    if (verdict === 'full') throw noRoomForFiles(this.#owner.house.budget)
    if (verdict === 'unknown') throw new Error(`what became of a commit to ${this.name} cannot be told any more`)
    const between = sinceFrom(since)
    const newest = numberFrom(version)
    if (between === BACK) this.#goBack(newest)
    else if (between === null) this.#miss(generation, newest)
    else this.#tell(generation, between)
    if (verdict === 'conflict') return 'conflict'
    if (this.#generation === generation) this.#tell(generation, [{ version: newest, system: scope.system, changes, request, touched: () => touched }])
    return 'committed'
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
        this.#heed(head)
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
    const head = this.#headFrom(await persist(() => this.#owner.port.run(TELL, [meta, log], [String(this.#generation), String(this.#version), JSON.stringify(sign)])))
    if (head !== null) this.#heed(head)
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
    this.#lost()
    this.follower.ended()
  }

  /** @returns the streams on which the follower waits, and the place of each up to which it has heard it; null while that is not known */
  awaited(): readonly (readonly [stream: string, place: string])[] | null {
    if (!this.follower.listens) this.#heard = null
    if (this.#generation === 0 || (this.#heard === null && this.follower.listens)) return null
    const log = [this.keys.log, `${String(this.#version)}-0`] as const
    return this.#heard === null ? [log] : [log, [this.keys.journal, this.#heard.join('-')]]
  }

  /** Finds the places from which on the follower has to be told, be it of commits or of the journal. */
  async catchUp(): Promise<void> {
    await this.journal.flush()
    for (;;) {
      const head = this.#headFrom(await this.#ask('0'))
      if (head !== null) {
        this.#heed(head)
        if (this.follower.listens) this.#heard ??= [head.generation, head.entry]
        return
      }
      if (this.#generation !== 0) {
        this.end()
        return
      }
      await this.#create()
    }
  }

  /**
   * Tells what came by the streams.
   * @param whole whether these are all commits that there were when the entries were read
   */
  hear(commits: readonly LoggedCommit[], entries: readonly Item[], whole: boolean): void {
    let next = 0
    const upTo = whole ? Number.POSITIVE_INFINITY : (commits.at(-1)?.version ?? 0)
    const tellEntries = (before: number) => {
      for (let item = entries[next]; item !== undefined && Number(fieldOf(item, 'v')) < before; item = entries[++next]) this.#tellEntry(item)
    }
    for (const commit of commits) {
      tellEntries(commit.version)
      this.#hearCommit(commit)
    }
    tellEntries(upTo)
  }

  async #look(counts: '0' | '1'): Promise<Begun> {
    for (;;) {
      const head = this.#headFrom(await this.#ask(counts))
      if (head === null) await this.#create()
      else {
        this.#isNamed = head.isNamed
        this.journal.begun(head.requests, Number(counts))
        this.#heed(head)
        this.#owner.used(this)
        return { generation: head.generation, requests: head.requests }
      }
    }
  }

  #ask(counts: '0' | '1'): Promise<unknown> {
    const { meta, log, journal } = this.keys
    const ask = (lines: readonly string[]) => this.#owner.port.run(LOOK, [meta, log, journal], [String(this.#generation), String(this.#version), counts, ...lines])
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
    for (;;) {
      const reply = await persist(() => this.#owner.port.run(LOAD, [meta, docs, log], [String(this.#generation), String(this.#version), looksBack ? '1' : '0']))
      const head = this.#headFrom(reply)
      if (head === null) {
        await this.#create()
        continue
      }
      this.#heed(head)
      const [start, era, whole] = listFrom(listFrom(reply)[9])
      const records = docsFrom(fieldsFrom(listFrom(reply)[10]))
      const { generation, requests, version } = head
      const begun = JSON.parse(textFrom(start)) as Start // written by `startOf`
      const isWhole = whole === '1'
      if (!looksBack) {
        const loaded = { generation, requests, version, content: { ...contentFrom(records, begun, numberFrom(era)), stores: {} }, commits: commitsFrom(records, version), isWhole }
        this.#replica.begin(loaded.content, loaded.commits)
        return loaded
      }
      const commits = loggedCommits(listFrom(reply)[11])
      undo(records, commits)
      return { generation, requests, version, content: contentFrom(records, begun, numberFrom(era)), commits, isWhole }
    }
  }

  /** @returns records as they stood then, with their places */
  async #placesAt(version: number) {
    const { meta, docs, log } = this.keys
    const reply = listFrom(await persist(() => this.#owner.port.run(LOAD, [meta, docs, log], ['', '', '1'])))
    if (reply.length < 12) return null
    const records = docsFrom(fieldsFrom(reply[10]))
    undo(records, loggedCommits(reply[11]).filter((commit) => commit.version > version))
    return records
  }

  /** The connection broke: asks what became of the commit, and makes sure that it stays so. */
  async #resolve(error: unknown, { generation, base, scope }: Attempt, id: string, names: string): Promise<readonly unknown[]> {
    if (!(error instanceof Away)) throw error
    const sign: Sign = { sign: 'barred' }
    const args = [String(generation), String(base), id, scope.system, names, JSON.stringify(sign)]
    return listFrom(await persist(() => this.#owner.port.run(RESOLVE, [this.keys.meta, this.keys.log], args)))
  }

  #headFrom(reply: unknown): Head | null {
    const { now, head } = headOf(reply)
    this.#owner.heard(now)
    return head
  }

  /** Answers may come late: what they say may be known already, and more. */
  #heed({ generation, born, version, kept, since }: Head): void {
    if (since === BACK) {
      const isOther = generation !== this.#generation
      this.#generation = generation
      this.#born = born
      this.#goBack(version)
      if (isOther) this.#turnedOver(kept)
      return
    }
    if (generation < this.#generation) return
    if (generation > this.#generation) {
      const [before, bornBefore] = [this.#generation, this.#born]
      this.#generation = generation
      this.#born = born
      this.#version = version
      if (before === 0) return
      if (born === bornBefore) this.#turnedOver(kept)
      else this.end()
    } else if (since === null) this.#miss(generation, version)
    else this.#tell(generation, since)
  }

  #tell(generation: number, commits: readonly (Commit & { readonly sign?: Sign | null })[]): void {
    if (generation !== this.#generation) return
    for (const commit of commits) {
      if (commit.version <= this.#version) continue
      if (commit.version !== this.#version + 1) {
        this.#miss(generation, commits.at(-1)?.version ?? commit.version)
        return
      }
      this.#version = commit.version
      this.#replica.receive(commit)
      this.follower.committed(commit)
      if (commit.sign?.sign === 'cleared') this.follower.journalled({ type: 'cleared' })
      if (commit.sign?.sign === 'told') this.follower.announced(commit.sign.text)
    }
  }

  /** Redis has come back with less than it had: a disk that did not keep all, or a replica that had not heard all. What is there counts. */
  #goBack(version: number): void {
    this.#version = version
    this.#lost()
  }

  #lost(): void {
    this.#replica.end()
    this.follower.lost()
  }

  #turnedOver(kept: number): void {
    this.#replica.end()
    this.follower.turnedOver(kept)
  }

  #miss(generation: number, version: number): void {
    if (generation !== this.#generation || version <= this.#version) return
    this.#version = version
    this.#lost()
  }

  #hearCommit(commit: LoggedCommit): void {
    const { generation, version, sign } = commit
    if (generation < this.#generation) return
    if (sign?.sign === 'ended') {
      if (generation === this.#generation) this.end()
    } else if (generation === this.#generation && sign?.sign !== 'turned') this.#tell(generation, [commit])
    else if (generation > this.#generation) {
      this.#generation = generation
      this.#version = version
      if (sign?.sign === 'turned') this.#turnedOver(sign.kept)
      else this.end()
    }
  }

  #tellEntry(item: Item): void {
    const [generation, id] = item.place
    if (this.#heard === null || (generation === this.#heard[0] && id <= this.#heard[1])) return
    this.#heard = item.place
    if (generation === this.#generation && this.follower.listens) this.follower.journalled(newsFrom(item))
  }
}
