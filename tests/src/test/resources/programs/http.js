// An HTTP server and fifty clients in one process, streams, files, hashes, compression, timers.
const http = require('http'), crypto = require('crypto'), fs = require('fs'), zlib = require('zlib');
const { pipeline } = require('stream/promises');

const server = http.createServer((request, response) => {
  const hash = crypto.createHash('sha256');
  request.on('data', (d) => hash.update(d)).on('end', () => {
    response.setHeader('X-Hash', hash.digest('hex').slice(0, 12));
    response.end(`${request.method} ${request.url}`);
  });
});

const send = (port, i) => new Promise((resolve, reject) => {
  const request = http.request({ port, host: '127.0.0.1', method: 'POST', path: '/p' + i }, (response) => {
    let text = '';
    response.on('data', (d) => (text += d)).on('end', () => resolve(`${text} ${response.headers['x-hash']}`));
  });
  request.on('error', reject).end('x'.repeat(i * 1000));
});

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  console.log((await Promise.all([...Array(50).keys()].map((i) => send(port, i)))).join('\n'));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agent.destroy();
  await fs.promises.writeFile('plain', 'line\n'.repeat(50000));
  await pipeline(fs.createReadStream('plain'), zlib.createGzip(), fs.createWriteStream('packed'));
  console.log(zlib.gunzipSync(fs.readFileSync('packed')).length, fs.statSync('plain').size, fs.readdirSync('.').sort());
  console.log(crypto.pbkdf2Sync('a', 'b', 10000, 32, 'sha512').toString('hex'));
  const order = [];
  setImmediate(() => order.push('immediate'));
  setTimeout(() => { console.log(order); console.error('closing'); server.close(() => (process.exitCode = 6)); }, 30);
  process.nextTick(() => order.push('tick'));
});
