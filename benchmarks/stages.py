def table(): return [("stage","")]
