/** The NodePort by which a gateway is reached in every cluster on one machine, as its manifests say. */
export const gatewayPort = 30_080;
