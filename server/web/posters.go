package web

import (
	"bufio"
	"context"
	"io"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// PosterFile says how posters are to be written.
type PosterFile struct {
	Paper referral.Paper // "": the batch's, or A4
	Bleed bool
	ZIP   bool   // a PDF for each place
	Lang  string // of what is printed, Vietnamese if empty
}

// A PosterJob writes a document whose sheets were looked at before, so that
// faults of theirs are answers and not broken files.
type PosterJob interface {
	Pages() int // of the document, or of all documents in a ZIP at most
	Write(ctx context.Context, w io.Writer, progress func(done int)) error
}

const (
	// posterTime bounds a document that is being sent; posterPatience how long
	// one that is not read is held.
	posterTime     = 15 * time.Minute
	posterPatience = time.Minute
	flushEach      = 20 // sheets
)

// SendPosters sends a document as it is made, with the number of its pages in
// Lensan-Pages. One that fails on the way is cut off: its connection ends
// without the last chunk, and no client takes it for whole.
func SendPosters(c *fiber.Ctx, job PosterJob, name string, zip bool) error {
	kind, ending := "application/pdf", ".pdf"
	if zip {
		kind, ending = "application/zip", ".zip"
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+ending+`"`)
	c.Set("Lensan-Pages", strconv.Itoa(job.Pages()))
	if c.Method() == fiber.MethodHead {
		return nil
	}
	request := c.Context()
	conn, stopping := request.Conn(), request.Done()
	Stream(c, func(w *bufio.Writer) error {
		ctx, cancel := context.WithTimeout(context.Background(), posterTime)
		defer cancel()
		return job.Write(ctx, w, func(done int) {
			if done%flushEach != 1 {
				return
			}
			select {
			case <-stopping:
				cancel()
			default:
			}
			if conn.SetWriteDeadline(time.Now().Add(posterPatience)) != nil || w.Flush() != nil {
				cancel()
			}
		})
	})
	return nil
}
