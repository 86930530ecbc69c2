// The limit of the stack: live's routes by hand on Express 5 as its guide shows it, with no validation, journal or transaction.
import express from 'express'

const port = Number(process.argv[2])
const codes = new Map()
const keys = new Map()
const channels = [
  { id: 1, title: '春季新品发布会·现场直击', thumbnail: 'https://img.live.example/channel/1.jpg', desc: '三款新品首次亮相，发布会后到展台上手体验。', status: 1, visit_count: 12840, like_count: 5326, started_at: 1763600000 },
  { id: 2, title: '跟老周逛工厂：一台净水器是怎么下线的', thumbnail: 'https://img.live.example/channel/2.jpg', desc: '从注塑车间走到总装线，全程可以提问。', status: 1, visit_count: 3652, like_count: 871, started_at: 1763598500 },
]
const owners = [
  { id: 1, nickname: '小雨在现场', bio: '跟着小雨逛展会，每周三晚八点开播。', avatar: 'https://img.live.example/avatar/1.jpg', gender: 0, mobile: null },
  { id: 2, nickname: '老周讲产品', bio: '做了十五年产品，只讲用得上的。', avatar: 'https://img.live.example/avatar/2.jpg', gender: 1, mobile: null },
]

const app = express()
app.use(express.json())

const authorized = (request) => {
  const key = Buffer.from(request.get('authorization') ?? '', 'base64').toString()
  return keys.get(key)
}

app.get('/auth/code', (request, response) => {
  codes.set(request.query.mobile, { code: '123456', sentAt: Date.now() })
  response.json({ code: 2000, desc: 'ok' })
})
app.post('/auth/login', (request, response) => {
  const { mobile, auth_code } = request.body
  const sent = codes.get(mobile)
  if (!sent || sent.code !== auth_code || Date.now() >= sent.sentAt + 600_000) return response.json({ code: 4011, desc: 'invalid auth code' })
  codes.delete(mobile)
  const key = Math.random().toString(16).slice(2).padEnd(16, '0').repeat(2)
  keys.set(key, mobile)
  response.json({ code: 2000, desc: 'ok', api_key: key, mobile })
})
app.post('/auth/logout', (request, response) => {
  if (!authorized(request)) return response.json({ code: 4010, desc: 'unauthorized' })
  keys.delete(Buffer.from(request.get('authorization'), 'base64').toString())
  response.json({ code: 2000, desc: 'ok' })
})
app.get('/channels/live', (request, response) => {
  if (!authorized(request)) return response.json({ code: 4010, desc: 'unauthorized' })
  const { p = 1, l = 10 } = request.query
  response.json({ code: 2000, desc: 'ok', count: channels.length, channels: channels.slice((p - 1) * l, p * l).map((channel, i) => ({ ...channel, owner: owners[i] })) })
})
app.listen(port, '127.0.0.1')
