package store

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"lensan/server/referral"
	"lensan/server/registry"
)

// narrowing gathers the conditions of a list's WHERE clause.
type narrowing struct {
	conditions []string
	args       []any
}

// and adds a condition; each ? becomes the next $n.
func (n *narrowing) and(condition string, args ...any) {
	for _, arg := range args {
		n.args = append(n.args, arg)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(n.args)), 1)
	}
	n.conditions = append(n.conditions, condition)
}

// search keeps rows one of whose search columns holds the folded text.
func (n *narrowing) search(text string, columns ...string) {
	key := registry.SearchKey(text)
	if key == "" {
		return
	}
	pattern := like(key)
	likes, args := make([]string, len(columns)), make([]any, len(columns))
	for i, column := range columns {
		likes[i], args[i] = column+` LIKE ? ESCAPE '\'`, pattern
	}
	n.and("("+strings.Join(likes, " OR ")+")", args...)
}

// like is the pattern of texts that hold a part.
func like(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(part) + "%"
}

// provinces keeps rows of one of the provinces; none given do not narrow.
func (n *narrowing) provinces(column string, ids []referral.ProvinceID) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = int32(id)
	}
	n.in(column, args)
}

// among keeps rows with one of the texts; none given do not narrow.
func (n *narrowing) among(column string, texts []string) {
	args := make([]any, len(texts))
	for i, text := range texts {
		args[i] = text
	}
	n.in(column, args)
}

func (n *narrowing) in(column string, args []any) {
	if len(args) > 0 {
		n.and(column+" IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
	}
}

func (n *narrowing) sql() string {
	if len(n.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(n.conditions, " AND ")
}

// listByID reads a page of rows in the order of id; the cursor holds the last one's.
func listByID[T any](ctx context.Context, s *Store, p registry.Page, n narrowing, query string, scan func(row) (T, error), id func(T) string) ([]T, string, error) {
	after, err := readCursor(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	if p.Cursor != "" {
		n.and("id > ?", after)
	}
	return list(ctx, s, p, query+n.sql()+" ORDER BY id", n.args, scan, id)
}

// listByNum reads a page of rows, highest number first; the cursor holds the last one's.
func listByNum[T any](ctx context.Context, s *Store, p registry.Page, n narrowing, query, column string, scan func(row) (T, error), num func(T) int64) ([]T, string, error) {
	after, err := readCursor(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	if p.Cursor != "" {
		before, err := strconv.ParseInt(after, 10, 64)
		if err != nil {
			return nil, "", errCursor()
		}
		n.and(column+" < ?", before)
	}
	return list(ctx, s, p, query+n.sql()+" ORDER BY "+column+" DESC", n.args, scan, func(item T) string { return strconv.FormatInt(num(item), 10) })
}

func list[T any](ctx context.Context, s *Store, p registry.Page, query string, args []any, scan func(row) (T, error), key func(T) string) ([]T, string, error) {
	limit := pageSize(p.Limit)
	items, err := all(ctx, s.read, scan, query+" LIMIT "+strconv.Itoa(limit+1), args...)
	if err != nil {
		return nil, "", classed(err)
	}
	if len(items) <= limit {
		return items, "", nil
	}
	items = items[:limit]
	return items, writeCursor(key(items[limit-1])), nil
}

func pageSize(limit int) int {
	const usual, most = 50, 500
	if limit <= 0 {
		return usual
	}
	return min(limit, most)
}

// A cursor is opaque to callers: "1" and the key of the last row in base64.
func writeCursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte("1" + key)) }

func readCursor(cursor string) (key string, err error) {
	if cursor == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < 2 || raw[0] != '1' {
		return "", errCursor()
	}
	return string(raw[1:]), nil
}

func errCursor() error {
	var f referral.Faults
	f.Add("/cursor", "error.cursor")
	return f.Err()
}
