// Child processes of node: spawn with pipes, exec, fork with messages, signals, statuses.
const { spawn, exec, fork, execFileSync, spawnSync } = require('child_process');
if (process.argv[2] === 'child') {
  process.on('message', (m) => { process.send({ doubled: m.n * 2 }); process.disconnect(); });
} else {
  console.log(execFileSync('sort', { input: 'b\na\n' }).toString(), spawnSync('sh', ['-c', 'echo err >&2; exit 4']).status);
  exec('echo $((6*7)); exit 3', (error, out) => {
    console.log(error.code, out);
    const cat = spawn('cat');
    cat.stdout.on('data', (d) => console.log('cat says', d.toString()));
    cat.on('close', (code, signal) => {
      console.log(code, signal);
      const sleeper = spawn('sleep', ['60']);
      sleeper.on('exit', (c, s) => {
        console.log(c, s);
        const child = fork(__filename, ['child']);
        child.on('message', (m) => console.log(m)).on('exit', (c) => console.log('exit', c));
        child.send({ n: 21 });
      });
      sleeper.kill();
    });
    cat.stdin.end('through a pipe');
  });
}
