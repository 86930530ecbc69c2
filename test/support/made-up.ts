/** A project folder with a made-up system that uses everything the convention of openapi/README.md has. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const PACKAGE = join(import.meta.dirname, '../..')

/** A folder of its own for each test. */
export class MadeUp {
  readonly root = mkdtempSync(join(tmpdir(), 'understudy-made-up-'))

  constructor() {
    for (const [file, text] of Object.entries(FILES)) this.write(file, text)
    symlinkSync(join(PACKAGE, 'node_modules'), join(this.root, 'node_modules'))
  }

  path(file: string): string {
    return join(this.root, file)
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8')
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.path(file)), { recursive: true })
    writeFileSync(this.path(file), text)
  }

  /** Replaces a text that must be there. */
  edit(file: string, from: string, to: string): void {
    const text = this.read(file)
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`)
    this.write(file, text.replace(from, to))
  }

  remove(): void {
    rmSync(this.root, { recursive: true })
  }
}

const CONDITIONS = `
advices:
  none: { en: Nothing to do, zh: 无需处理 }
  fixInput: { en: Change the request, zh: 修改请求 }
conditions:
  ok: { meaning: { en: Done, zh: 完成 }, advice: none, message: { en: Done, zh: 完成 } }
  invalidRequest: { meaning: { en: Malformed, zh: 格式错误 }, advice: fixInput, message: { en: Malformed, zh: 格式错误 } }
  missingField: { meaning: { en: Absent, zh: 缺少 }, advice: fixInput, message: { en: Absent, zh: 缺少 } }
  notFound: { meaning: { en: Not there, zh: 不存在 }, advice: none, message: { en: Not there, zh: 不存在 } }
  redirectRequired: { meaning: { en: Elsewhere, zh: 跳转 }, advice: none, message: { en: Elsewhere, zh: 跳转 } }
`

const SHOP = `
openapi: 3.1.0
info:
  title: 小店 · Shop
  version: 1.0.0
  summary: 演示 · A made-up system
  description: 演示
  license: { name: MIT, identifier: MIT }
servers: [{ url: http://localhost:4010/shop }]
tags: [{ name: items, description: 商品 · Items }]
x-dialect:
  code: code
  message: msg
  success: OK
  payload: { under: data }
  unmatched: '#/components/responses/Unmatched'
paths:
  /items/{id}:
    parameters:
      - { name: id, in: path, required: true, description: 编号 · Its number, x-routing: '\\d+', schema: { type: integer } }
    get:
      operationId: shopGetItem
      tags: [items]
      summary: 查看商品 · Get an item
      description: "查看商品\\n\\nGets an item"
      security: [{}, { token: [] }]
      x-provenance: seed
      x-errors: [BAD, GONE, MOVED]
      parameters:
        - { name: lang, in: query, description: 语言 · Language, schema: { $ref: '#/components/schemas/Language' } }
        - { name: X-Client, in: header, required: true, description: 客户端 · The client, schema: { type: string, minLength: 1 } }
      responses:
        '200':
          description: 商品 · The item
          content:
            application/json:
              schema:
                type: object
                required: [code, msg, data]
                properties: { code: { const: 0 }, msg: { type: string }, data: { $ref: 'shop/item.yaml#/Item' } }
              examples: { pen: { value: { code: 0, msg: ok, data: { id: 1, name: 钢笔, price: null } } } }
        '404': { $ref: '#/components/responses/Unmatched' }
  /items:
    post:
      operationId: shopAddItem
      tags: [items]
      summary: 添加商品 · Add an item
      description: "添加商品\\n\\nAdds an item"
      security: [{ token: [] }]
      x-roles: [OWNER]
      x-provenance: implied
      x-errors: [ABSENT, BAD]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name, phone]
              properties:
                name: { type: string, minLength: 1, maxLength: 5, x-errors: { default: BAD, required: ABSENT } }
                phone: { $ref: '#/components/schemas/Phone' }
                price: { type: number, format: decimal }
                size: { type: string }
              anyOf: [{ required: [price] }, { required: [size] }]
              x-errors: { anyOf: ABSENT }
            examples: { pen: { value: { name: 钢笔, phone: '13800000001', price: 3.5 } } }
      responses:
        '200':
          description: 已添加 · Added
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Done' }
              example: { code: 0, msg: ok, data: null }
  /items/photo:
    post:
      operationId: shopAddPhoto
      tags: [items]
      summary: 上传照片 · Upload a photo
      description: "上传照片\\n\\nUploads a photo"
      security: []
      x-provenance: added
      x-errors: [BAD]
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [photo]
              properties: { photo: { type: string, format: binary }, title: { type: string } }
      responses:
        '200':
          description: 照片 · The photo
          content:
            image/png: { schema: { type: string, format: binary } }
  /do:
    post:
      operationId: shopDo
      tags: [items]
      summary: 统一入口 · One entry
      description: "统一入口\\n\\nOne entry"
      security: []
      x-provenance: seed
      x-selector: act
      responses: {}
      x-operations:
        item/count:
          operationId: shopCount
          tags: [items]
          summary: 数量 · Count
          description: "数量\\n\\nCounts"
          security: []
          x-provenance: seed
          x-errors: [BAD]
          requestBody:
            content:
              application/json:
                schema: { type: object, required: [kind], properties: { kind: { const: count } } }
                examples: { count: { value: { kind: count } } }
          responses:
            '200':
              description: 数量 · The count
              content:
                application/json:
                  schema: { type: object, required: [code, data], properties: { code: { const: 0 }, data: { type: integer } } }
                  examples: { three: { value: { code: 0, data: 3 } } }
        item/clear:
          operationId: shopClear
          tags: [items]
          summary: 清空 · Clear
          description: "清空\\n\\nClears"
          security: []
          x-provenance: seed
          x-errors: [BAD]
          requestBody:
            content:
              application/json:
                schema: { type: object, required: [kind], properties: { kind: { const: clear } } }
                examples: { clear: { value: { kind: clear } } }
          responses:
            '200':
              description: 已清空 · Cleared
              content: { application/json: { schema: { $ref: '#/components/schemas/Done' }, examples: { done: { value: { code: 0, msg: ok, data: null } } } } }
components:
  securitySchemes:
    token: { type: apiKey, in: header, name: token }
  responses:
    Unmatched:
      description: 未知路径 · Unknown path
      content:
        application/json:
          schema: { $ref: '#/components/schemas/Failure' }
          examples: { unknown: { value: { code: 7, msg: 未知路径 } } }
  schemas:
    ErrorCode:
      type: integer
      oneOf:
        - { const: 0, title: OK, description: 成功, x-description-en: Success, x-condition: ok, x-message: ok }
        - { const: 1, title: BAD, description: 格式错误, x-description-en: Malformed, x-condition: invalidRequest, x-message: bad, x-status: [200, 400] }
        - { const: 2, title: GONE, description: 不存在, x-description-en: Not there, x-condition: notFound, x-message: gone, x-status: 404 }
        - { const: 3, title: MOVED, description: 跳转, x-description-en: Moved, x-condition: redirectRequired, x-failure: Redirect }
        - { const: 4, title: ABSENT, description: 缺少, x-description-en: Absent, x-condition: missingField, x-message: absent }
    Failure:
      type: object
      required: [code, msg]
      properties: { code: { type: integer }, msg: { type: string, minLength: 1 } }
    Redirect:
      allOf:
        - $ref: '#/components/schemas/Failure'
        - { type: object, required: [url], properties: { url: { type: string, format: uri, examples: ['https://shop.example/new'] } } }
    Done:
      type: object
      required: [code, msg, data]
      properties: { code: { const: 0 }, msg: { type: string }, data: { type: 'null' } }
    Language: { type: string, enum: [zh, en], default: zh }
    Phone: { type: [string, number], pattern: '^1\\d{10}$', x-coerce: string, x-errors: { required: ABSENT } }
    Push:
      description: 推送 · A frame of a socket
      x-validator: true
      type: object
      required: [kind]
      properties: { kind: { type: string } }
`

const ITEM = `
Item:
  type: object
  required: [id, name, price]
  properties: { id: { type: integer }, name: { $ref: '#/Name' }, price: { type: [number, 'null'] } }
Name: { type: string, examples: [钢笔] }
`

const PLAIN = `
openapi: 3.1.0
info: { title: 管理 · Control, version: 1.0.0, license: { name: MIT, identifier: MIT } }
servers: [{ url: http://localhost:4010 }]
security: []
tags: [{ name: health, description: 状态 · Health }]
paths:
  /health:
    get:
      operationId: getHealth
      tags: [health]
      summary: 状态 · Health
      description: "状态\\n\\nHealth"
      responses:
        '200':
          description: 正常 · Well
          content:
            application/json:
              schema: { type: object, required: [up], properties: { up: { type: boolean } } }
              example: { up: true }
        default:
          description: 错误 · A problem
          content: { application/problem+json: { schema: { type: object, required: [title], properties: { title: { type: string } } } } }
`

const RECORDS = `
items:
  type: object
  additionalProperties: false
  required: [id, name, addedAt]
  properties:
    id: { type: integer }
    name: { $ref: '#/components/schemas/Name' }
    addedAt: { type: string, pattern: '^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}$' }
`

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }',
  'openapi/conditions.yaml': CONDITIONS,
  'openapi/control.yaml': PLAIN,
  'openapi/shop.yaml': SHOP,
  'openapi/shop/item.yaml': ITEM,
  'fixtures/shop/schema.yaml': RECORDS,
  'fixtures/shop/world.json': JSON.stringify({ items: [{ id: 1, name: '钢笔', addedAt: { $boot: '-P10D', as: 'datetime' } }], sessions: [] }),
  'fixtures/shop/scenarios/empty.json': JSON.stringify({ description: { en: 'No items', zh: '没有商品' }, delete: { items: [1] } }),
  'fixtures/shop/scenarios/full.json': JSON.stringify({ description: { en: 'More items', zh: '更多商品' }, put: { items: [] } }),
  'src/systems/shop/index.ts': 'export const shop = {}\n',
}
