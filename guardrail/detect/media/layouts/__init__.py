"""The parts that a file consists of, without decoding any: segments, chunks, boxes, directories."""
