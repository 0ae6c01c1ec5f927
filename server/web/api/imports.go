package api

import (
	"bytes"
	"io"
	"mime"

	"github.com/gofiber/fiber/v2"
)

// csv returns the table that was sent: as text/csv, or as the part "file" of a
// form (multipart/form-data).
func (c *call) csv() (io.Reader, error) {
	if media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); err != nil || media != fiber.MIMEMultipartForm {
		raw, err := c.rawBody(maxCSV, "text/csv")
		if err != nil {
			return nil, err
		}
		return bytes.NewReader(raw), nil
	}
	if _, err := c.rawBody(maxCSV, fiber.MIMEMultipartForm); err != nil {
		return nil, err
	}
	form, err := c.MultipartForm()
	if err != nil {
		return nil, withStatus(fiber.StatusBadRequest, "error.form")
	}
	files := form.File["file"]
	if len(files) != 1 || len(form.File) != 1 || len(form.Value) != 0 {
		return nil, withStatus(fiber.StatusBadRequest, "error.form_file")
	}
	f, err := files[0].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	return bytes.NewReader(raw), err
}

// imported is all that an import made, in the order of its rows.
type imported[T any] struct {
	Count int `json:"count"`
	Items []T `json:"items"`
}

func sendImported[T, V any](c *call, items []T, view func(T) V) error {
	out := imported[V]{Count: len(items), Items: make([]V, len(items))}
	for i, item := range items {
		out.Items[i] = view(item)
	}
	return c.send(fiber.StatusCreated, out)
}

func (a *API) handlePortalsImport(c *call) error {
	table, err := c.csv()
	if err != nil {
		return err
	}
	made, err := a.d.Registry.ImportPortals(c.ctx, c.actor, table)
	if err != nil {
		return err
	}
	return sendImported(c, made, a.portal)
}

func (a *API) handlePlacementsImport(c *call) error {
	table, err := c.csv()
	if err != nil {
		return err
	}
	made, err := a.d.Registry.ImportPlacements(c.ctx, c.actor, table)
	if err != nil {
		return err
	}
	return sendImported(c, made, a.placementRow)
}
