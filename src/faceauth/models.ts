// Opens the networks of the installed model pack. Installing and checking are scripts/install-models.js's work, shared with npm's postinstall.
// A pack is used only after every file matched its sha256.

import {
  loadPack,
  type ModelEntry,
  type ModelManifest,
  ModelPackError,
  type PackOptions,
  readManifest,
} from '../../scripts/install-models.js';
import { KioskFailure } from '../core/failure.ts';
import { type Network, openNetwork } from './onnx.ts';

export type { ModelEntry, ModelManifest, PackOptions };

export interface LoadedModel<Output extends string> {
  readonly entry: ModelEntry<Output>;
  readonly network: Network;
}

export interface FaceModels {
  readonly manifest: ModelManifest;
  readonly detect: LoadedModel<'scores' | 'boxes'>;
  readonly landmarks: LoadedModel<'points'>;
  readonly embed: LoadedModel<'embedding'>;
  readonly liveness: LoadedModel<'logits'>;
  readonly eyes: LoadedModel<'logits'>;
  close(): Promise<void>;
}

/**
 * The networks of the model pack, fetched first when missing.
 * Throws KioskFailure model/unavailable (cannot be had) or model/corrupt (is not what was measured), with facts {pack}.
 */
export const loadFaceModels = async (options: PackOptions = {}): Promise<FaceModels> => {
  const manifest = options.manifest ?? readManifest();
  const bytes = await loadPack({ ...options, manifest }).catch((cause: unknown) => {
    if (!(cause instanceof ModelPackError)) throw cause;
    throw new KioskFailure(cause.kind === 'corrupt' ? 'model/corrupt' : 'model/unavailable', {
      facts: { pack: manifest.name },
      message: cause.message,
      cause,
    });
  });
  const { models } = manifest;
  const [detect, landmarks, embed, liveness, eyes] = await Promise.all([
    openNetwork('detect', bytes.detect),
    openNetwork('landmarks', bytes.landmarks),
    openNetwork('embed', bytes.embed, 'plain'),
    openNetwork('liveness', bytes.liveness),
    openNetwork('eyes', bytes.eyes),
  ]);
  return {
    manifest,
    detect: { entry: models.detect, network: detect },
    landmarks: { entry: models.landmarks, network: landmarks },
    embed: { entry: models.embed, network: embed },
    liveness: { entry: models.liveness, network: liveness },
    eyes: { entry: models.eyes, network: eyes },
    close: async () => {
      for (const network of [detect, landmarks, embed, liveness, eyes]) await network.close();
    },
  };
};
