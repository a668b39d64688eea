#error "ÿþ Ã("
