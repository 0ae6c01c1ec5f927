package web

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

// patience is how long a connection may be idle, or take to send a request or
// to fetch an answer. It is one figure so that the deadline of a connection in
// use hardly ever moves: see Calm.
const patience = time.Minute

// FiberConfig is the configuration of every Fiber application here, so that a
// measured one is the one that serves. Phones send long headers: 16 KiB are
// read before a request is refused with 431.
func FiberConfig(onError fiber.ErrorHandler) fiber.Config {
	return fiber.Config{
		AppName:               "lensan",
		DisableStartupMessage: true,
		CaseSensitive:         true,
		StrictRouting:         true,
		ReadBufferSize:        16 << 10,
		BodyLimit:             10 << 20,
		ReadTimeout:           patience,
		WriteTimeout:          patience,
		IdleTimeout:           patience,
		ErrorHandler:          onError,

		DisablePreParseMultipartForm: true, // a broken form is then its handler's to refuse
	}
}
