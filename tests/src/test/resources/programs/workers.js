// Four worker threads that share memory and wait for each other with Atomics; WebAssembly; the garbage collector.
const { Worker } = require('worker_threads');
const shared = new Int32Array(new SharedArrayBuffer(8));
const source = `
  const { parentPort, workerData } = require('worker_threads');
  const { shared, turn } = workerData;
  for (let round = 0; round < 25; round++) {
    for (let now; (now = Atomics.load(shared, 0)) % 4 !== turn;) Atomics.wait(shared, 0, now);
    Atomics.add(shared, 1, turn);
    Atomics.add(shared, 0, 1);
    Atomics.notify(shared, 0);
  }
  parentPort.postMessage(turn);`;
const run = (turn) => new Promise((ok, no) => new Worker(source, { eval: true, workerData: { shared, turn } }).on('message', ok).on('error', no));
(async () => {
  console.log(await Promise.all([0, 1, 2, 3].map(run)), shared);
  const add = new Uint8Array([0,97,115,109,1,0,0,0,1,7,1,96,2,127,127,1,127,3,2,1,0,7,7,1,3,97,100,100,0,0,10,9,1,7,0,32,0,32,1,106,11]);
  console.log((await WebAssembly.instantiate(add)).instance.exports.add(40, 2));
  let kept = [];
  for (let i = 0; i < 200000; i++) { kept.push({ i, text: 'x' + i }); if (kept.length > 1000) kept = kept.slice(500); }
  console.log(kept.length, JSON.stringify(kept[0]));
  throw new RangeError('the end');
})().catch((e) => { console.log(e.name, e.message); process.exit(8); });
