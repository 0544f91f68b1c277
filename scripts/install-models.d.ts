// Types of install-models.js for the TypeScript side (src/faceauth/models.ts).

export interface ModelInput {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colour: 'rgb' | 'bgr' | 'grey';
  /** A sample becomes (value − mean) / scale. */
  readonly mean: number;
  readonly scale: number;
}

export interface ModelEntry<Output extends string = string> {
  /** Name in the pack's directory. */
  readonly file: string;
  /** Path inside the npm package. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly input: ModelInput;
  readonly outputs: Readonly<Record<Output, string>>;
}

export interface ModelManifest {
  readonly name: string;
  /** npm package@version. */
  readonly source: string;
  readonly integrity: string;
  readonly licence: string;
  /** False accept rates measured at thresholds, over all people and within the worst measured group. */
  readonly calibration: readonly { readonly far: number; readonly inGroupFar: number; readonly threshold: number }[];
  readonly thresholds: { readonly face: number; readonly overlap: number; readonly match: number };
  readonly models: {
    readonly detect: ModelEntry<'scores' | 'boxes'>;
    readonly landmarks: ModelEntry<'points'>;
    readonly embed: ModelEntry<'embedding'>;
    readonly liveness: ModelEntry<'logits'>;
    readonly eyes: ModelEntry<'logits'>;
  };
}

export type ModelRole = keyof ModelManifest['models'];
export type ModelBytes = Readonly<Record<ModelRole, Uint8Array>>;

export interface PackOptions {
  readonly manifest?: ModelManifest;
  /** Directory that holds packs; default KAZASHI_MODELS, else the project's cache. */
  readonly root?: string;
  /** pacote options that go before npm's configuration. */
  readonly fetch?: Readonly<Record<string, unknown>>;
}

export class ModelPackError extends Error {
  readonly kind: 'unavailable' | 'corrupt';
}
export const readManifest: () => ModelManifest;
export const packDirectory: (manifest: ModelManifest, root?: string) => string;
export const readPack: (manifest: ModelManifest, directory: string) => Promise<ModelBytes>;
export const installPack: (options?: PackOptions) => Promise<string>;
export const loadPack: (options?: PackOptions) => Promise<ModelBytes>;
