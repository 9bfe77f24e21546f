const units: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/**
 * A quantity of the Kubernetes API as a number: CPUs, bytes or pieces.
 *
 * @throws Error when it isn't one
 */
export const quantity = (text: string | number): number => {
  const [, figure = '', unit = ''] = /^([0-9.]+)([a-zA-Z]*)$/.exec(String(text)) ?? [];
  const factor = units[unit];
  if (figure === '' || factor === undefined)
    throw new Error(`${text} isn't a quantity, such as 100m or 256Mi.`);
  return Number(figure) * factor;
};
