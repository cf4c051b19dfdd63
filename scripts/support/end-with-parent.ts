// Preloaded into every process that the benchmark starts: none outlives the command, however that ends.
process.once('disconnect', () => process.exit(1));
