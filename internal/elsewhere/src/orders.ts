/** Loaded before a reader's program: the application that the page takes for granted. It prints what it is told. */
Object.assign(globalThis, {
  orders: {
    async markSent(order: string | undefined): Promise<void> {
      console.log(`sent ${order}`);
    },
  },
});
