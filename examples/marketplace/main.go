// Command marketplace reports sign-ups to a running Lên Sàn, as a marketplace
// does each night: it reads day, code, stage and count from a CSV file and sends
// them as one report. Sending the same file again changes nothing. It uses
// nothing but Go's own library.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

type row struct {
	Day   string `json:"day"`
	Code  string `json:"code"`
	Stage string `json:"stage"`
	Count int    `json:"count"`
}

type report struct {
	ID      string `json:"report_id"`
	Correct bool   `json:"correct,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Rows    []row  `json:"rows"`
}

func main() {
	base := flag.String("url", "http://localhost:8080", "địa chỉ Lên Sàn / address of Lên Sàn")
	key := flag.String("key", os.Getenv("LENSAN_MARKETPLACE_KEY"), "khóa API của sàn / the marketplace's API key")
	sign := flag.Int("sign", 0, "số của khóa: ký thay vì gửi khóa / number of the key: sign instead of sending it")
	id := flag.String("id", time.Now().Format(time.DateOnly), "tên báo cáo / name of the report")
	reason := flag.String("correct", "", "lý do sửa báo cáo đã gửi / why a report is corrected")
	flag.Parse()
	if err := run(*base, *key, *sign, *id, *reason, flag.Arg(0), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "marketplace:", err)
		os.Exit(1)
	}
}

func run(base, key string, sign int, id, reason, file string, out io.Writer) error {
	rows, err := read(file)
	if err != nil {
		return err
	}
	body, err := json.Marshal(report{ID: id, Correct: reason != "", Reason: reason, Rows: rows})
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodPost, strings.TrimSuffix(base, "/")+"/api/v1/signups", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if sign > 0 {
		request.Header.Set("X-LenSan-Signature", signature(key, sign, time.Now().Unix(), body))
	} else {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
	if err != nil {
		return err // nothing is known: send the same again
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", answer.Status, said)
	}
	_, err = fmt.Fprintf(out, "%s\n", bytes.TrimSpace(said))
	return err
}

// signature is HMAC-SHA-256 over the time, a full stop and the body, keyed with
// the SHA-256 of the API key in hexadecimal.
func signature(key string, number int, unix int64, body []byte) string {
	hash := sha256.Sum256([]byte(key))
	mac := hmac.New(sha256.New, []byte(hex.EncodeToString(hash[:])))
	fmt.Fprintf(mac, "%d.%s", unix, body)
	return fmt.Sprintf("key=%d,t=%d,v1=%x", number, unix, mac.Sum(nil))
}

// read reads a CSV file with the header day,code,stage,count.
func read(file string) ([]row, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = 4
	lines, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 || strings.Join(lines[0], ",") != "day,code,stage,count" {
		return nil, fmt.Errorf("%s: dòng đầu phải là / the first line must be day,code,stage,count", file)
	}
	var rows []row
	for i, line := range lines[1:] {
		count, err := strconv.Atoi(line[3])
		if err != nil {
			return nil, fmt.Errorf("%s: dòng / line %d: %w", file, i+2, err)
		}
		rows = append(rows, row{line[0], line[1], line[2], count})
	}
	return rows, nil
}
