import { defineConfig, type Plugin } from 'vite';

/** Where `npm start` serves the API while the page is worked on with `npm run dev`. */
const api = 'http://localhost:8080';

/**
 * Keeps browsers from painting before the script has run, so that a theme chosen by hand is there
 * from the first frame on. Vite leaves the attribute off when it rewrites the tag.
 */
const renderBlocking: Plugin = {
  name: 'render-blocking',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module"', '$& blocking="render"'),
  },
};

export default defineConfig(({ command }) => ({
  root: 'page',
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    // Browsers that know light-dark(), nesting and popovers.
    target: ['chrome125', 'firefox128', 'safari17.5'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // Said here rather than left to NODE_ENV, so that a build by a test is the one that is shipped.
  ...(command === 'build' && { define: { 'process.env.NODE_ENV': '"production"' } }),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: command === 'serve' } },
  plugins: [renderBlocking],
  server: { proxy: { '/api': { target: api, changeOrigin: true, ws: true, rewriteWsOrigin: true } } },
}));
