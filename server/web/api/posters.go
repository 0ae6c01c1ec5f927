package api

import (
	"bufio"
	"context"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
)

// PosterFile says how posters are to be written.
type PosterFile struct {
	Paper referral.Paper // "": the batch's, or A4
	Bleed bool
	ZIP   bool // a PDF for each place
}

// A PosterJob writes a document whose sheets were looked at before, so that
// faults of theirs are answers and not broken files.
type PosterJob interface {
	Write(ctx context.Context, w io.Writer, progress func(done int)) error
}

// Posters is what the API needs to print; rights are those of reading.
type Posters interface {
	OfBatch(ctx context.Context, a referral.Actor, id string, f PosterFile) (PosterJob, error)
	OfPlacement(ctx context.Context, a referral.Actor, code referral.Code, f PosterFile) (PosterJob, error)
}

const (
	// posterTime bounds a document that is being sent; posterPatience how long
	// one that is not read is held.
	posterTime     = 15 * time.Minute
	posterPatience = time.Minute
	flushEach      = 20 // sheets
)

func (c *call) posterFile(zip bool) (PosterFile, error) {
	q := c.query()
	f := PosterFile{
		Paper: referral.Paper(q.oneOf("paper", string(referral.PaperA3), string(referral.PaperA4), string(referral.PaperA5), string(referral.PaperStickers))),
		Bleed: q.oneOf("bleed", "true", "false") == "true",
		ZIP:   zip,
	}
	return f, q.done()
}

func (a *API) handleBatchPosters(zip bool) func(*call) error {
	return func(c *call) error {
		f, err := c.posterFile(zip)
		if err != nil {
			return err
		}
		id := c.param("id")
		job, err := a.d.Posters.OfBatch(c.ctx, c.actor, id, f)
		if err != nil {
			return err
		}
		return c.stream(job, id, zip)
	}
}

func (a *API) handlePlacementPoster(c *call) error {
	f, err := c.posterFile(false)
	if err != nil {
		return err
	}
	code, err := c.code()
	if err != nil {
		return err
	}
	job, err := a.d.Posters.OfPlacement(c.ctx, c.actor, code, f)
	if err != nil {
		return err
	}
	return c.stream(job, string(code), false)
}

// stream sends a document as it is made. One that fails on the way is cut off:
// its connection ends without the last chunk, and no client takes it for whole.
func (c *call) stream(job PosterJob, name string, zip bool) error {
	kind, ending := "application/pdf", ".pdf"
	if zip {
		kind, ending = "application/zip", ".zip"
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+ending+`"`)
	if c.Method() == fiber.MethodHead {
		return nil
	}
	request := c.Context()
	conn, stopping := request.Conn(), request.Done()
	request.SetBodyStreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(context.Background(), posterTime)
		defer cancel()
		err := job.Write(ctx, w, func(done int) {
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
		if err != nil {
			conn.Close()
		}
	})
	return nil
}
