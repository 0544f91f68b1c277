// The only file that knows onnxruntime-node: model bytes in, a function from tensors to tensors out.
// One thread per network: the kiosk has other things to do, and small networks gain nothing from more.

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { KioskFailure } from '../core/failure.ts';

export interface Network {
  /** Runs once. `data` is laid out as `dims` says (N, C, H, W); answers each output's floats by name. */
  run(input: string, data: Float32Array, dims: readonly number[]): Promise<Readonly<Record<string, Float32Array>>>;
  close(): Promise<void>;
}

/**
 * How far the graph is rewritten. `blocked`: also into the processor's own block layout (NCHWc), which makes small networks two to three times as fast.
 * `plain`: without it. The embedder's many narrow convolutions run 3.3 times as long in blocks on an AVX-512 Xeon (72 ms, 22 ms without); ARM has no blocks.
 */
type Layout = 'blocked' | 'plain';

/** Throws KioskFailure model/corrupt with facts {model} when the bytes are not a network this runtime can run. */
export const openNetwork = async (model: string, bytes: Uint8Array, layout: Layout = 'blocked'): Promise<Network> => {
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: layout === 'blocked' ? 'all' : 'extended',
    intraOpNumThreads: 1,
    // An arena per network keeps its peak for ever, 15 to 20 MB together; without it a run is as fast.
    enableCpuMemArena: false,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw new KioskFailure('model/corrupt', { facts: { model }, cause, message: `The ${model} model cannot be loaded by the runtime.` });
  });
  return {
    run: async (input, data, dims) => {
      const outputs = await session.run({ [input]: new Tensor('float32', data, dims) });
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data]));
    },
    close: () => session.release(),
  };
};
