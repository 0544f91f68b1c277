// Keeps the runtime's native part in the process while threads that use it come and go.

/**
 * Call before a thread that runs networks is started. onnxruntime-node registers itself with the thread that loads it first: when that
 * thread ends and no other holds it, no later thread can load it again ("Module did not self-register"), and a face thread that died
 * would stay dead until the next start. Needs onnxruntime-node 1.23: with 1.20 the end of one of two threads took the whole process along;
 * 1.30 does not load under an emulated arm64. The thread itself reports what is wrong with a runtime that cannot be loaded.
 */
export const holdRuntime = async (): Promise<void> => {
  await import('./onnx.ts').catch(() => undefined);
};
