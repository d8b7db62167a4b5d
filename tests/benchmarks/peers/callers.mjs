// Concurrent callers of one append, told on standard input how many and for how long.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';

const EVENTS_A_STREAM = 10;

async function call(append, until) {
  const latencies = [];
  let stream, version = EVENTS_A_STREAM;
  for (let now = performance.now(); now < until; ) {
    if (version === EVENTS_A_STREAM) { stream = randomUUID(); version = 0; }
    await append(stream, version++);
    const after = performance.now();
    latencies.push(after - now);
    now = after;
  }
  return latencies;
}

export async function serve(append) {
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const { callers, seconds } = JSON.parse(line);
    const began = performance.now();
    const until = began + seconds * 1000;
    const running = Array.from({ length: callers }, () => call(append, until));
    const latencies = (await Promise.all(running)).flat().sort((a, b) => a - b);
    const took = (performance.now() - began) / 1000;
    const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
    console.log(JSON.stringify({ count: latencies.length, seconds: took, p50_ms: at(0.5), p99_ms: at(0.99) }));
  }
  process.exit(0);
}
