// Sixteen kept connections that ask one after the other: load.js PORT REQUESTS prints the microseconds of one request.
const net = require('net');
const [port, requests] = process.argv.slice(2).map(Number);
const connections = 16, warm = Math.ceil(requests / 5);
let asked = 0, answered = 0, started;
for (let i = 0; i < connections; i++) {
  const socket = net.connect(port, '127.0.0.1');
  let text = '';
  const ask = () => (asked++ < warm + requests ? socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n') : socket.end());
  socket.on('data', (data) => {
    text += data;
    if (!text.endsWith('\r\n\r\nhello\n') && !text.endsWith('0\r\n\r\n')) return;
    text = '';
    if (++answered === warm) started = process.hrtime.bigint();
    if (answered === warm + requests) console.log((Number(process.hrtime.bigint() - started) / 1000 / requests).toFixed(3));
    ask();
  });
  socket.on('connect', ask);
}
