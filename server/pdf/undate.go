package pdf

import "encoding/binary"

// undate takes the time at which the subsetter made a font out of it, so that
// the same text gives the same file: of its table head, the date modified; the
// checksums follow (OpenType 1.9, "Calculating checksums" and "head").
func undate(file []byte) {
	const record, directory = 16, 12
	for at := directory; at < directory+record*int(binary.BigEndian.Uint16(file[4:])); at += record {
		if string(file[at:at+4]) != "head" {
			continue
		}
		start, length := binary.BigEndian.Uint32(file[at+8:]), binary.BigEndian.Uint32(file[at+12:])
		head := file[start : start+(length+3)&^3]
		clear(head[8:12])  // the adjustment
		clear(head[28:36]) // modified
		binary.BigEndian.PutUint32(file[at+4:], sum(head))
		binary.BigEndian.PutUint32(head[8:], 0xB1B0AFBA-sum(file))
	}
}

func sum(words []byte) (n uint32) {
	for i := 0; i+4 <= len(words); i += 4 {
		n += binary.BigEndian.Uint32(words[i:])
	}
	return n
}
