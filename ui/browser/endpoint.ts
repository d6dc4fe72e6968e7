// An endpoint of another system on this machine: keeps what it is sent, and answers as it is told.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = { headers: IncomingHttpHeaders; body: string };
export type Endpoint = {
  url: string;
  received: Received[];
  answer: { status: number; text: string };
  close: () => Promise<void>;
};

export async function startEndpoint(): Promise<Endpoint> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    endpoint.received.push({ headers: request.headers, body });
    const { status, text } = endpoint.answer;
    response.writeHead(status, { "content-type": "text/plain", connection: "close" }).end(text);
  });
  const endpoint: Endpoint = { url: "", received: [], answer: { status: 200, text: "" }, close: () => closed(server) };
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  endpoint.url = `http://127.0.0.1:${port}/in`;
  return endpoint;
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
