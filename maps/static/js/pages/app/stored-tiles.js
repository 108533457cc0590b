// Tiles that the phone keeps, before those of the server.
const ADDRESS = /\/tiles\/(\w+)\.pmtiles[^/]*(?:\/(\d+\/\d+\/\d+))?$/;

const plain = (packed) => new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

/** A handler of `pmtiles:` addresses: from `stored` by layer, else by the handler that asks the server. */
export const storedFirst = (stored, fromServer) => async (asked, stop) => {
  const [, layer, tile] = ADDRESS.exec(asked.url) ?? [];
  const part = stored[layer];
  if (part && !tile)
    return { data: { tiles: [`${asked.url}/{z}/{x}/{y}`], minzoom: part.min_zoom, maxzoom: part.max_zoom, bounds: part.bounds } };
  const packed = part?.tiles[tile];
  return packed ? { data: await plain(packed) } : fromServer(asked, stop);
};
