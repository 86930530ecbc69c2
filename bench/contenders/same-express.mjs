// Answers that are known beforehand, on Express 5 as its guide shows it: a route for each, `response.json` for the body.
import { readFileSync } from 'node:fs'
import express from 'express'

const [port, file] = process.argv.slice(2)
const app = express()
app.use(express.json())
app.use(express.urlencoded())
for (const { method, path, status, body } of JSON.parse(readFileSync(file, 'utf8'))) {
  const value = JSON.parse(body)
  app[method.toLowerCase()](path.split('?')[0], (_request, response) => response.status(status).json(value))
}
app.listen(Number(port), '127.0.0.1')
