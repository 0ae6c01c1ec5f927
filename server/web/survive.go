package web

import (
	"bufio"
	"errors"
	"log/slog"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"lensan/server/safely"
)

// Survive makes a panic in a handler the fault of its own request, which is
// answered by the application's error handler: without it the process would
// end, and every redirect with it.
func Survive(app *fiber.App, log *slog.Logger, next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(request *fasthttp.RequestCtx) {
		err := safely.Run(func() error { next(request); return nil })
		if err == nil {
			return
		}
		request.Response.Reset()
		c := app.AcquireCtx(request)
		defer app.ReleaseCtx(c)
		if told := safely.Run(func() error { return app.ErrorHandler(c, err) }); told != nil {
			log.Error("request failed, and so did its page", "err", err, "page", told)
			request.Error(fasthttp.StatusMessage(fasthttp.StatusInternalServerError), fasthttp.StatusInternalServerError)
		}
	}
}

// Stream lets write send the rest of an answer when its handler has returned, so
// it may use nothing of the request. If it fails, the connection ends without
// the last chunk, and no client takes what came for whole.
func Stream(c *fiber.Ctx, write func(*bufio.Writer) error) {
	conn := c.Context().Conn()
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		err := safely.Run(func() error { return write(w) })
		var panicked *safely.Panic
		if errors.As(err, &panicked) {
			slog.Error("answer cut off", "err", err)
		}
		if err != nil {
			conn.Close()
		}
	})
}
