// The compiled program's modules, with the types of their sources: what is measured is what is shipped, not what a loader makes of it.

export const ROOT = new URL('../../', import.meta.url);

/** `module` = path below src/ without extension. */
export const built = <M>(module: string): Promise<M> => import(new URL(`dist/${module}.js`, ROOT).href) as Promise<M>;

/** Node's own words in package.json's start and in systemd/kazashi.service: a young generation of 2 MB, since the kiosk makes little waste. */
export const NODE_FLAGS = ['--max-semi-space-size=2'];
