package web

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

// Limit bounds the connections that an application serves at once, so that
// files are left for clicks and the database: each takes one of the files that
// the process may open, and 25 KB (50 until garbage is collected). Who comes
// when all are taken is answered 503.
func Limit(app *fiber.App, files uint64) {
	connections := maxConnections
	if left := int(min(files, 1<<30)) - otherFiles; left < connections {
		connections = max(left, int(files/2))
	}
	app.Server().Concurrency = connections
	app.Server().MaxIdleWorkerDuration = idleWorker
}

const (
	maxConnections = 12_000
	otherFiles     = 200             // for the database, the journal, what is asked elsewhere
	idleWorker     = 2 * time.Second // how long the goroutine of a connection waits for another
)
