// What is asked until it is had: a station that starts or is full answers later.
const WAITS_S = [2, 4, 8, 30];

// ask() runs fn, and again after a while if that failed, as long as signal lives;
// failed(problem) is told each time. One runs at a time: who asks meanwhile has
// another run when it ended. The answer is of the first that ends.
export function untilHad(fn, signal, failed = () => {}) {
  let running = null, wanted = false, tries = 0, timer = null;
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  async function run() {
    clearTimeout(timer);
    try {
      await fn();
      tries = 0;
    } catch (problem) {
      if (signal.aborted) return;
      timer = setTimeout(ask, WAITS_S[Math.min(tries++, WAITS_S.length - 1)] * 1000);
      failed(problem);
    } finally { running = null; }
    if (wanted && !signal.aborted) ask();
  }
  function ask() {
    wanted = running !== null;
    running ??= run();
    return running;
  }
  return ask;
}
