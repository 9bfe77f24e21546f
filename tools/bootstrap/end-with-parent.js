/** Loaded first by what bootstrap.mjs runs: when that is gone, by kill -9 too, this is told to stop. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel.unref();
