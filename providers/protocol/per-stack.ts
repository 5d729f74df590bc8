/** Connects at the first use of a stack, and keeps the connection, or why there is none. */
export function perStack<T>(connect: (stack: string) => Promise<T>): (stack: string) => Promise<T> {
  const connections = new Map<string, Promise<T>>();
  return (stack) => {
    const connection = connections.get(stack) ?? connect(stack);
    connections.set(stack, connection);
    return connection;
  };
}
