import net from 'node:net'
import { startServer } from '/work/main/src/server.js'
import { edu } from '/work/main/src/systems/edu/index.js'
process.on('uncaughtException', e => console.log('UNCAUGHT', e.message))
const s = await startServer({ systems: [edu] })
const up = async (label: string, size: number, chunked=false) => {
  const fd = new FormData(); fd.append('upload', new Blob([Buffer.alloc(size, 65)], {type:'image/png'}), 'x.png')
  try {
    const r = chunked ? await fetch(s.url+'/upload', {method:'POST', headers:{'content-type':'multipart/form-data; boundary=b'}, body: (async function*(){ yield Buffer.from('--b\r\ncontent-disposition: form-data; name="upload"; filename="a.bin"\r\n\r\n'); let left=size; while(left>0){const n=Math.min(left,65536); yield Buffer.alloc(n,66); left-=n}; yield Buffer.from('\r\n--b--\r\n')})() as never, duplex:'half'} as never) : await fetch(s.url+'/upload',{method:'POST',body:fd})
    console.log(label, r.status, (await r.text()).slice(0,100))
  } catch(e){ console.log(label, 'ERR', (e as Error).cause ?? e) }
}
await up('small', 10); await up('exact', 5*1024*1024); await up('plus1', 5*1024*1024+1); await up('6MiB', 6*1024*1024); await up('20MiB', 20*1024*1024)
await up('chunked 20MiB', 20*1024*1024, true)
await up('chunked plus1', 5*1024*1024+1, true)
const post = async (label:string, init: object) => { try { const r = await fetch(s.url+'/rest/s/login', {method:'POST', headers:{client:'1',platform:'ios',u:'1',w:'1','content-type':'application/json'}, ...init} as never); console.log(label, r.status, (await r.text()).slice(0,100)) } catch(e){ console.log(label,'ERR',(e as Error).cause ?? e)} }
await post('json 2MiB', {body: 'x'.repeat(2*1024*1024)})
await post('json chunked 20MiB', {duplex:'half', body: (async function*(){ for(let i=0;i<320;i++) yield Buffer.alloc(65536,66)})()})
// truncated multipart
const raw = (text: string) => new Promise<string>(res => { const c = net.connect(s.port,'127.0.0.1',()=>c.write(text)); let out=''; c.on('data',d=>{out+=d}); c.on('close',()=>res(out)); c.on('error', e=>res(String(e))); setTimeout(()=>c.destroy(),800) })
const body='--b\r\ncontent-disposition: form-data; name="upload"; filename="a.bin"\r\n\r\nabc'
console.log('truncated', (await raw(`POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: ${body.length}\r\n\r\n${body}`)).slice(-80))
console.log('aborted', (await raw(`POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: ${body.length+100}\r\n\r\n${body}`)).slice(-80))
await new Promise(r=>setTimeout(r,300))
await up('still up', 10)
await s.close()
