// A whole Bluesky network on loopback (@atproto/dev-env): prints where it is, works off what happened at each line that it is told, and
// ends when its standard input does.
const readline = require('node:readline')
const { TestNetwork } = require('@atproto/dev-env')

const main = async () => {
  const network = await TestNetwork.create({
    dbPostgresSchema: 'bsky',
    pds: { hostname: 'localhost' },
    bsky: { dbPostgresSchema: 'bsky' },
  })
  process.stdout.write(`${JSON.stringify({ pds: network.pds.url, site: network.bsky.url })}\n`)
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    await network.processAll()
    process.stdout.write('"done"\n')
  }
  await network.close()
  process.exit(0)
}

main().catch((error) => {
  process.stderr.write(`${error && error.stack}\n`)
  process.exit(1)
})
