package web

import (
	"bufio"
	"io"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
)

// SendFile sends a file while it is written. name is ASCII. One that fails on
// the way is cut off: its connection ends without the last chunk, and no client
// takes it for whole. write may use nothing of the request: see Stream. A client
// that stops reading ends it with an error.
func SendFile(c *fiber.Ctx, kind, name string, write func(io.Writer) error) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	if c.Method() == fiber.MethodHead {
		return nil
	}
	conn := c.Context().Conn()
	Stream(c, func(w *bufio.Writer) error { return write(slowWriter{w, conn}) })
	return nil
}

// slowWriter gives every part the time that a whole answer has.
type slowWriter struct {
	w    io.Writer
	conn net.Conn
}

func (s slowWriter) Write(p []byte) (int, error) {
	if err := s.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	return s.w.Write(p)
}
