_hidden = 1; shown = 2; also = 3
