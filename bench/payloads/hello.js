// The hello of HTTP servers: hello.js PORT
const server = require('http').createServer((request, response) => response.end('hello\n'));
server.listen(+process.argv[2], '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
