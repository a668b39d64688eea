#error "]0;owned[31mred"
