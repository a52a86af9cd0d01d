"""Working days of China: the State Council's yearly plan, and what people entered themselves."""
